/* global document, setTimeout */
// The report page's own script: it opens cells and filters them. Nothing is fetched and no markup is made here.
const form = /** @type {HTMLFormElement} */ (document.querySelector('form.filters'));
const count = /** @type {HTMLOutputElement} */ (form.querySelector('output'));
/** @type {HTMLButtonElement[]} */
const cells = [...document.querySelectorAll('button')].filter((button) => button.dataset['opens']);

for (const cell of cells) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById(cell.dataset['opens'] ?? ''));
  cell.addEventListener('click', () => {
    dialog.showModal();
  });
  dialog.querySelector('button.close')?.addEventListener('click', () => {
    dialog.close();
  });
}

function filter() {
  const asked = new FormData(form);
  const { value } = /** @type {HTMLInputElement} */ (form.elements.namedItem('text'));
  const text = value.trim().toLowerCase();
  let shown = 0;
  for (const cell of cells) {
    const { dataset } = cell;
    const fits =
      ['verdict', 'distro', 'path', 'platform'].every((name) => {
        const wanted = asked.get(name);
        return wanted === '' || dataset[name] === wanted;
      }) &&
      (dataset['text'] ?? '').includes(text) &&
      (asked.get('changed') === null || dataset['changed'] !== undefined);
    cell.hidden = !fits;
    if (fits) shown += 1;
  }
  for (const row of document.querySelectorAll('table.map tbody tr')) {
    row.toggleAttribute('hidden', row.querySelector('button:not([hidden])') === null);
  }
  count.value = `${shown} of ${cells.length} cells`;
}

form.addEventListener('input', filter);
form.addEventListener('submit', (event) => {
  event.preventDefault();
});
form.addEventListener('reset', () => {
  setTimeout(filter);
});
filter();
