import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';

/** Where systems keep the authorities that they trust, all in one file (Go `crypto/x509/root_linux.go`). */
const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * The certificate authorities to know a registry by: Node's own (with `NODE_EXTRA_CA_CERTS`) and those that Docker's
 * programs would take too, which are the system's (or `SSL_CERT_FILE` in their place) and `*.crt` below Docker's
 * `certs.d/<host>`.
 */
export async function trustedAuthorities(host: string): Promise<string[]> {
  const folders = [
    '/etc/docker/certs.d',
    join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'docker/certs.d'),
  ];
  const own = await Promise.all(folders.map((folder) => readFolder(join(folder, host))));
  return [...rootCertificates, ...(await readSystem()), ...own.flat()];
}

async function readSystem(): Promise<string[]> {
  const named = process.env['SSL_CERT_FILE'];
  const more = process.env['NODE_EXTRA_CA_CERTS'];
  const extra = more ? await readFile(more, 'utf8').catch(() => '') : '';
  for (const file of named ? [named] : SYSTEM_BUNDLES) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined) return [text, extra];
  }
  return [extra];
}

async function readFolder(folder: string): Promise<string[]> {
  const names = (await readdir(folder).catch(() => [] as string[])).filter((name) => name.endsWith('.crt'));
  const texts = await Promise.all(
    names.map((name) => readFile(join(folder, name), 'utf8').catch(() => undefined)),
  );
  return texts.filter((text) => text !== undefined);
}
