// Finds one file in a layout, so many times in one process. Prints the file to standard output, and to standard error how
// many milliseconds each time took: to open the layout and read its documents, and to find the file.
import { openLayout } from '../../../lib/oci/blobs.ts';
import { findFile } from '../../../lib/oci/findFile.ts';
import { listImages } from '../../../lib/oci/images.ts';

const [dir = '', platform, path = '', times] = process.argv.slice(2);
const opening: number[] = [];
const finding: number[] = [];
let found: Buffer | undefined;
for (let time = 0; time < Number(times); time++) {
  const started = performance.now();
  const layout = await openLayout(dir);
  const image = (await listImages(layout)).images.find((one) => one.platform === platform);
  const opened = performance.now();
  if (image !== undefined) found = (await findFile(layout, image, path))?.content;
  opening.push(opened - started);
  finding.push(performance.now() - opened);
  await layout.close();
}
process.stdout.write(found ?? '');
process.stderr.write(JSON.stringify({ opening, finding }));
