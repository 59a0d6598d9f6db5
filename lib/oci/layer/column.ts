type Kind =
  | Uint8ArrayConstructor
  | Uint16ArrayConstructor
  | Int32ArrayConstructor
  | Uint32ArrayConstructor
  | Float64ArrayConstructor;

/** Numbers by their indexes from 0, outside of the heap. What was never set is 0. */
export interface Column {
  get(index: number): number;
  set(index: number, value: number): void;
}

const PAGE_LENGTH = 512;
/** Most layers of a marker image have one file. */
const FIRST_LENGTH = 8;

/** Grows page by page: an array that is copied when it grows leaves the old one behind for a while. */
export function createColumn(kind: Kind): Column {
  const pages: InstanceType<Kind>[] = [];
  return {
    get: (index) => pages[Math.floor(index / PAGE_LENGTH)]?.[index % PAGE_LENGTH] ?? 0,
    set(index, value) {
      const number = Math.floor(index / PAGE_LENGTH);
      const at = index % PAGE_LENGTH;
      let page = (pages[number] ??= new kind(index < FIRST_LENGTH ? FIRST_LENGTH : PAGE_LENGTH));
      if (at >= page.length) {
        page = new kind(PAGE_LENGTH);
        page.set(pages[number] ?? []);
        pages[number] = page;
      }
      page[at] = value;
    },
  };
}
