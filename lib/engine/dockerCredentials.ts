import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { wrongInput } from '../fault/fault.ts';
import type { Credentials } from '../registry/push/credentials.ts';
import { runCommand } from './command.ts';
import { CommandError } from './commandError.ts';

/** What `docker login` leaves in config.json (docker/cli `cli/config/configfile/file.go`), in as far as it is read here. */
const shape = z.object({
  auths: z
    .record(
      z.string(),
      z.object({
        auth: z.string().optional(),
        username: z.string().optional(),
        password: z.string().optional(),
        identitytoken: z.string().optional(),
      }),
    )
    .optional(),
  credsStore: z.string().optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
});
type DockerConfig = z.infer<typeof shape>;

/** What a credential helper prints (docker/docker-credential-helpers). */
const helped = z.object({ Username: z.string(), Secret: z.string() });
/** Its user name where the secret is an identity token. */
const TOKEN_USER = '<token>';
/** How Docker Hub is called in config.json. */
const DOCKER_HUB = 'https://index.docker.io/v1/';
const HELPER_MILLISECONDS = 30_000;

/** The folder of Docker's own configuration: `DOCKER_CONFIG`, else `.docker` in the home folder. */
export function dockerConfigFolder(): string {
  return process.env['DOCKER_CONFIG'] || join(homedir(), '.docker');
}

/**
 * The credentials that Docker has for a registry host: from the helper that is named for it, from the helper for all, or
 * from the file itself, in the order of docker/cli. Undefined where it has none. A value of them is in no error.
 *
 * @throws {Fault} (wrong input) for a config.json that cannot be read and a helper that fails.
 */
export async function dockerCredentials(
  host: string,
  signal?: AbortSignal,
): Promise<Credentials | undefined> {
  const file = join(dockerConfigFolder(), 'config.json');
  const config = await readConfig(file);
  const server = host === 'docker.io' ? DOCKER_HUB : host;
  const helper = config.credHelpers?.[server] ?? config.credHelpers?.[host] ?? config.credsStore;
  return (helper ? await askHelper(helper, server, signal) : undefined) ?? fromFile(config, server, file);
}

async function readConfig(file: string): Promise<DockerConfig> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw wrongInput({
      message: `Docker’s configuration cannot be read: ${(error as NodeJS.ErrnoException).code ?? ''}`,
      place: { file },
      next: 'let this user read it, or name another folder in DOCKER_CONFIG',
    });
  }
  try {
    return shape.parse(JSON.parse(text));
  } catch {
    // The parser would quote the text, which holds passwords.
    throw wrongInput({
      message: 'it is not the configuration that `docker login` writes',
      place: { file },
      next: 'mend it, or name another folder in DOCKER_CONFIG',
    });
  }
}

async function askHelper(
  helper: string,
  server: string,
  signal?: AbortSignal,
): Promise<Credentials | undefined> {
  const program = `docker-credential-${helper}`;
  try {
    const { stdout } = await runCommand(program, ['get'], {
      input: server,
      signal,
      timeout: HELPER_MILLISECONDS,
    });
    const { Username: username, Secret: secret } = helped.parse(JSON.parse(stdout));
    if (secret === '') return undefined;
    return username === TOKEN_USER ? { identityToken: secret } : { username, password: secret };
  } catch (error) {
    if (error instanceof CommandError) {
      if (error.cancelled) throw error;
      if (/credentials not found/i.test(error.output)) return undefined;
    }
    // What it printed may be a secret.
    throw wrongInput({
      message: `Docker’s credential helper ${program} gave no credentials for ${server}`,
      next: `see why: echo ${server} | ${program} get`,
    });
  }
}

function fromFile({ auths = {} }: DockerConfig, server: string, file: string): Credentials | undefined {
  const found = auths[server] ?? Object.entries(auths).find(([key]) => hostOf(key) === hostOf(server))?.[1];
  if (found === undefined) return undefined;
  if (found.identitytoken) return { identityToken: found.identitytoken };
  if (found.username !== undefined && found.password !== undefined)
    return { username: found.username, password: found.password };
  if (!found.auth) return undefined;
  const decoded = Buffer.from(found.auth, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = decoded.indexOf(':');
  if (colon < 1)
    throw wrongInput({
      message: `what it holds for ${server} is no user and password`,
      place: { file },
      next: `docker login ${server}`,
    });
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/** Docker compares hosts alone: older versions wrote a scheme and a path. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').split('/', 1)[0] ?? '';
}
