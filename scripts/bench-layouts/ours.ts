// Finds one file in a layout, so many times in one process. Prints the file to standard output, and how many milliseconds
// each time took to standard error.
import { openLayout } from '../../lib/oci/blobs.ts';
import { findFile } from '../../lib/oci/findFile.ts';
import { listImages } from '../../lib/oci/images.ts';

const [dir = '', platform, path = '', times] = process.argv.slice(2);
const milliseconds: number[] = [];
let found: Buffer | undefined;
for (let time = 0; time < Number(times); time++) {
  const started = performance.now();
  const layout = await openLayout(dir);
  const image = (await listImages(layout)).images.find((one) => one.platform === platform);
  if (image !== undefined) found = (await findFile(layout, image, path))?.content;
  await layout.close();
  milliseconds.push(performance.now() - started);
}
process.stdout.write(found ?? '');
process.stderr.write(JSON.stringify(milliseconds));
