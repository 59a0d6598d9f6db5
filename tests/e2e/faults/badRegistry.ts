// A registry on 127.0.0.1 of images, each a layout of that name in a folder. They are served as they are, but of `corrupt` a
// byte of each layer is changed, and each layer of `cut` stops in the middle. Arguments: the folder and the port. Ends with its
// standard input.
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';

const [folder = '', port = ''] = process.argv.slice(2);

interface Document {
  mediaType?: string;
  manifests?: { digest: string }[];
  layers?: { digest: string }[];
}

const parse = (bytes: Buffer) => JSON.parse(bytes.toString()) as Document;
const layers = new Set<string>();
const roots = new Map<string, string>();
const read = (name: string, digest: string) => readFile(join(folder, name, 'blobs', ...digest.split(':')));
for (const { name } of (await readdir(folder, { withFileTypes: true })).filter((entry) =>
  entry.isDirectory(),
)) {
  const root = parse(await readFile(join(folder, name, 'index.json'))).manifests?.[0]?.digest ?? '';
  roots.set(name, root);
  for (const { digest } of parse(await read(name, root)).manifests ?? [])
    for (const layer of parse(await read(name, digest)).layers ?? []) layers.add(layer.digest);
}

const server = createServer((request, response) => {
  const [, name = '', kind = '', reference = ''] =
    /^\/v2\/test\/(\w+)\/(manifests|blobs)\/([^?]+)/.exec(request.url ?? '') ?? [];
  if (kind === '') {
    response.writeHead(request.url === '/v2/' ? 200 : 404).end();
    return;
  }
  const digest = reference.startsWith('sha256:') ? reference : (roots.get(name) ?? '');
  void read(name, digest).then(
    (bytes) => {
      const type = kind === 'manifests' ? (parse(bytes).mediaType ?? '') : 'application/octet-stream';
      response.writeHead(200, {
        'content-type': type,
        'content-length': bytes.length,
        'docker-content-digest': digest,
      });
      if (request.method === 'HEAD') response.end();
      else if (name === 'corrupt' && layers.has(digest)) {
        bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
        response.end(bytes);
      } else if (name === 'cut' && layers.has(digest)) {
        response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
      } else response.end(bytes);
    },
    () => response.writeHead(404).end(),
  );
});
server.listen(Number(port), '127.0.0.1');
await once(server, 'listening');
process.stdout.write('listening\n');
process.stdin.resume();
await once(process.stdin, 'end');
server.closeAllConnections();
server.close();
