// `make screenshots`: pictures of the last run's page for the documentation, in docs/images/.
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { echo } from 'zx';
import { own } from '../lib/cli/paths.ts';
import { runVerb } from '../lib/cli/runVerb.ts';
import { textOf } from '../lib/cli/variable.ts';
import { EXIT, wrongInput } from '../lib/fault/fault.ts';
import { startBrowser } from '../tests/e2e/page/openPage.ts';

const program = new Command('screenshots')
  .description('pictures of the last run’s page for the documentation')
  .addOption(new Option('--out <folder>', 'where the run’s outputs are (default: "out")').env('OUT'));

const SIZE = { width: 1000, height: 700 };

await runVerb(program, async (options) => {
  const file = join(resolve(textOf(options, 'out') ?? 'out'), 'report.html');
  const html = await readFile(file, 'utf8').catch(() => {
    throw wrongInput({ message: `${file} cannot be read`, next: 'make it with `make verify`' });
  });
  const images = join(own.packageJson, '../docs/images');
  await mkdir(images, { recursive: true });
  const browser = await startBrowser();
  try {
    const { page } = await browser.open(html);
    await page.setViewportSize(SIZE);
    await page.screenshot({ path: join(images, 'report.png'), fullPage: true });
    echo('written docs/images/report.png');
    await page.emulateMedia({ colorScheme: 'dark' });
    // One that fell short tells more.
    const short = page.locator('button.cell:not(.pass)');
    await ((await short.count()) > 0 ? short : page.locator('button.cell')).last().click();
    await page.screenshot({ path: join(images, 'cell.png') });
    echo('written docs/images/cell.png');
  } finally {
    await browser.close();
  }
  return EXIT.verified;
});
