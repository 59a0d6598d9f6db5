import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BUILDX } from '../../../lib/engine/ownEngine.ts';
import { hasToolPrefix, toolPrefix } from '../../../lib/engine/toolPrefix.ts';
import { makeScaleProject, scaleCommands } from '../../../scripts/bench/scale.ts';
import { runProgram, withFolder } from '../../e2e/verbs.ts';
import { withEnv } from '../../withEnv.ts';

const signal = new AbortController().signal;
/** A unit test fetches no engine: without one, bake's own parsing is left out. */
const buildx = hasToolPrefix() ? join((await toolPrefix(() => undefined, signal)).root, BUILDX) : undefined;

test('Each command that is measured at scale does its work in a project of one distro', () =>
  withFolder(async (folder) => {
    // What the project shares with the person's own cache is made there.
    const project = await withEnv({ PLATFORM_MARKER_CACHE: join(folder, 'cache') }, () =>
      makeScaleProject(join(folder, 'one'), 1, signal),
    );
    const commands = scaleCommands(project, [buildx ?? '']).filter(
      ({ command: [program] }) => program !== '',
    );
    assert.is(commands.length, buildx === undefined ? 4 : 6);
    for (const { by, command } of commands) {
      const [program = '', ...args] = command;
      const env = Object.entries(project.env).map(([name, value]) => `${name}=${value}`);
      const ended = await runProgram('env', [...env, program, ...args], project.folder);
      assert.is(ended.status, 0, `${by}: ${ended.stderr}`);
      // Reports are files; all else says what it found.
      if (by !== 'all reports') assert.is.not(ended.stdout, '', by);
    }
  }));

test.run();
