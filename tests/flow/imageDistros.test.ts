import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { imageDistros } from '../../lib/flow/imageDistros.ts';
import { matrixOf, matrixText } from '../matrix/matrixText.ts';

const BUILD = 'linux/amd64';

async function imagesFor(platforms: string, verified: readonly string[]): Promise<readonly string[]> {
  const { distros: rows } = await matrixOf(matrixText({ platforms }));
  const [image] = imageDistros(
    rows.map((row) => ({ ...row, platforms: verified })),
    rows,
    [BUILD],
  );
  return image?.platforms ?? [];
}

test('A run that is narrowed to one platform has the images of a whole run', async () => {
  const whole = ['linux/amd64', 'linux/arm64'];
  assert.equal(await imagesFor('[linux/amd64, linux/arm64]', whole), whole);
  assert.equal(await imagesFor('[linux/amd64, linux/arm64]', ['linux/arm64']), whole);
});

test('The build platform has an image although no row names it', async () => {
  assert.equal(await imagesFor('[linux/arm64]', ['linux/arm64']), ['linux/arm64', BUILD]);
});

test('A distro that was not chosen has none', async () => {
  const { distros: rows } = await matrixOf(matrixText());
  assert.equal(imageDistros([], rows, [BUILD]), []);
});

test.run();
