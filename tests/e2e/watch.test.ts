import { existsSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertNothingLeft, makeOwnCache } from './ownCache.ts';
import { writeProject } from './project.ts';
import { CLI, readReport, UNDER_MAKE, withFolder } from './verbs.ts';

/** A watch on its way, and all that it has printed on both of its outputs. */
interface Watch {
  /** Does something and resolves with what is printed from then on, up to the line that matches. */
  until(line: RegExp, work?: () => Promise<unknown>): Promise<string>;
  /** What Ctrl-C in its terminal does. Resolves with its exit status. */
  interrupt(): Promise<number | null>;
}

/** Starts a watch in a folder with a project, as node and not through make, which turns each exit status into 2. */
function startWatch(folder: string, variables: Record<string, string>): Watch {
  const [node, ...args] = [...CLI, 'watch'];
  const child = spawn(node, args, {
    cwd: folder,
    env: { ...UNDER_MAKE, PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const ended = new Promise<number | null>((resolve) => {
    child.on('exit', resolve);
  });
  let printed = '';
  const { stdout, stderr } = child;
  for (const output of [stdout, stderr])
    output.setEncoding('utf8').on('data', (text: string) => (printed += text));
  return {
    until: async (line, work) => {
      const from = printed.length;
      const matched = new Promise<string>((resolve, reject) => {
        const look = () => {
          const match = new RegExp(`^.*${line.source}.*$`, 'm').exec(printed.slice(from));
          if (match !== null) resolve(printed.slice(from, from + match.index + match[0].length));
        };
        for (const output of [stdout, stderr]) output.on('data', look);
        void ended.then(() => {
          reject(new Error(`it ended before it said ${String(line)}:\n${printed}`));
        });
      });
      await work?.();
      return matched;
    },
    interrupt: () => {
      process.kill(-(child.pid ?? 0), 'SIGINT');
      return ended;
    },
  };
}

test('A watch answers each save with what changed, goes on after a broken one, and leaves nothing behind', () =>
  withFolder(async (folder) => {
    const project = join(folder, 'project');
    await writeProject(project, ['one', 'two'], 'ARG BASE\nFROM ${BASE} AS worker\n');
    const own = await makeOwnCache(folder, ['tools']);
    const watch = startWatch(project, { DISTRO: 'one', ...own.variables });
    let status: number | null;
    try {
      await saveAndLook(project, watch);
    } finally {
      status = await watch.interrupt();
    }
    assert.is(status, 130);
    await assertNothingLeft(own, join(project, 'out'));
  }));

async function saveAndLook(project: string, watch: Watch): Promise<void> {
  const started = await watch.until(/^verified: 6 of 6 cells/);
  assert.match(started, 'watching one (6 cells)');
  assert.match(started, '│ one ');

  const policy = join(project, 'policies/one.json');
  const good = await readFile(policy, 'utf8');
  const save = (text: string) => async () => {
    await writeFile(join(project, 'policies/.new'), text);
    await rename(join(project, 'policies/.new'), policy);
  };
  // BuildKit before 0.31 converts nothing by an EXACT rule, so the base is looked for in a registry that is none.
  const broken = await watch.until(/^not verified: /, save(good.replace('WILDCARD', 'EXACT')));
  assert.match(broken, /policies\/one\.json:\d+:\d+: warning: .*EXACT/);
  assert.match(broken, 'one source-policy linux/amd64: pass -> build-failed: ');
  assert.match(broken, 'one source-policy linux/arm64: pass -> build-failed: ');
  assert.not.match(broken, 'one base-context');
  assert.not((await readReport(join(project, 'out'))).verified);

  const unreadable = await watch.until(/^not verified/, save(good.replace('"rules": [', '"rules": [,')));
  assert.match(unreadable, /policies\/one\.json:2:13: error: expected a value, found ","/);
  const reportFile = join(project, 'out/report.json');
  assert.not(existsSync(reportFile), 'that of the round before is no longer of what is there');

  const mended = await watch.until(/^verified: 6 of 6 cells/, save(good));
  assert.match(mended, 'one source-policy linux/amd64: build-failed -> pass');
  assert.match(mended, 'one source-policy linux/arm64: build-failed -> pass');
  const report = await readReport(join(project, 'out'));
  assert.ok(report.verified);
  assert.match(report.notes.join('\n'), /\d+ of 12 workers stand as an earlier run built them/);

  const distros = join(project, 'distros.yaml');
  const rows = await readFile(distros, 'utf8');
  const gone = await watch.until(/^not verified/, () =>
    writeFile(distros, rows.replace('name: one', 'name: 1')),
  );
  assert.match(gone, /error: .*distros\.yaml:\d+:\d+: /);
  assert.not(existsSync(reportFile));
  const removed = await watch.until(/^not verified/, () =>
    writeFile(distros, rows.replace('name: one', 'name: eno')),
  );
  assert.match(removed, 'there is no distro "one"');
  assert.match(await watch.until(/^nothing changed: /, () => writeFile(distros, rows)), '6 of 6 cells pass');

  const dockerfile = join(project, 'subject/Dockerfile');
  const pinned = 'ARG BASE\nFROM --platform=linux/amd64 ${BASE} AS worker\n';
  const wrong = await watch.until(/^not verified: /, () => writeFile(dockerfile, pinned));
  for (const path of ['worker-context', 'base-context', 'source-policy'])
    assert.match(wrong, `one ${path} linux/arm64: pass -> wrong-platform: `);
  assert.not.match(wrong, 'linux/amd64: pass ->');

  // Ctrl-C comes in the middle of a round.
  await watch.until(/subject\/Dockerfile changed$/, () => writeFile(dockerfile, `# \n${pinned}`));
}

test.run();
