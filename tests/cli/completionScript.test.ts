import { Argument, Command, Option } from 'commander';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { completionScript, SHELLS, type Shell } from '../../lib/cli/completion/completionScript.ts';

const paint = new Command('paint')
  .addOption(new Option('-c, --colour <colour>', 'which').choices(['red', 'green']))
  .addOption(new Option('--distro <names>', 'only these'))
  .addOption(new Option('--wet [yes]', 'not dried'))
  .addOption(new Option('--secret', 'for nobody').hideHelp());
const hang = new Command('hang')
  .addArgument(new Argument('<wall>', 'where').choices(['north', 'south']))
  .addOption(new Option('--distro <names>', 'only these'));
const frame = new Command('frame').argument('[files...]', 'what');
const verbs = [paint, hang, frame].map((program) => ({ name: program.name(), program }));

async function caseOf(words: string, shell: Shell = 'bash'): Promise<string | undefined> {
  const script = await completionScript(shell, verbs, { '--distro': 'distros', 'hang --distro': ['a', 'b'] });
  const line = script.split('\n').find((one) => one.startsWith(`    '${words}'`));
  return line?.replace(/^.*?\) (.*) ;;$/, '$1');
}

test('What may come first are the verbs, and help and the version', async () => {
  assert.is(await caseOf(''), "words='paint hang frame help --help --version'");
  assert.is(await caseOf('help'), "words='paint hang frame help'");
});

test('Behind a verb are its options, and none that is hidden; files are the shell’s', async () => {
  assert.is(await caseOf('paint'), "words='--colour --distro --wet --help'");
  assert.is(await caseOf('hang'), "words='north south'");
  assert.is(await caseOf('hang -'), "words='--distro --help'");
  assert.is(await caseOf('frame'), "words=''");
  assert.is(await caseOf('frame -'), "words='--help'");
});

test('Behind an option are its choices, however it is spelled; one that needs no value has none', async () => {
  assert.is(await caseOf('paint --colour'), "takes=value words='red green'");
  const script = await completionScript('bash', verbs, {});
  assert.match(script, "'paint --colour' | 'paint -c') takes=value");
  assert.is(await caseOf('paint --wet'), undefined);
});

test('Distros are read where a person is, or are those that are given for a verb', async () => {
  assert.is(await caseOf('paint --distro'), 'takes=list words=$(_platform_marker_distros)');
  assert.is(await caseOf('hang --distro'), "takes=list words='a b'");
});

test('Every shell is given all of it, and is told to use it in its own way', async () => {
  for (const shell of SHELLS) {
    assert.is(await caseOf('paint --wet', shell), undefined);
    assert.is(await caseOf('paint', shell), "words='--colour --distro --wet --help'");
    const script = await completionScript(shell, verbs, {});
    assert.match(script, 'complete -o default -F _platform_marker platform-marker\n');
    assert.is(script.includes('bashcompinit'), shell === 'zsh');
  }
});

test.run();
