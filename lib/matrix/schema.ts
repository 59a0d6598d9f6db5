import { z } from 'zod';
import { parsePlatform } from '../oci/platform.ts';
import { IMAGE_REF_PATTERN, parseImageRef } from './imageRef.ts';

/**
 * What a distro may be called: a bake target (`[a-zA-Z0-9_-]+`), a path component of a repository (distribution/reference
 * `pathComponent`, without dots) and a file name at once.
 */
const NAME_PATTERN = '^[a-z0-9]+(?:(?:__?|-+)[a-z0-9]+)*$';
const PLATFORM_PATTERN = '^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)?$';
const VERSION_PATTERN = '^[A-Za-z0-9._-]+$';
/** Debian Policy 5.6.1 and RPM agree on these; they also go into a shell without harm. */
const PACKAGE_PATTERN = '^[A-Za-z0-9][A-Za-z0-9+._-]*$';
/** A placeholder may be anywhere in a frontend's reference, so the editor only refuses white space. */
const FRONTEND_PATTERN = '^\\S+$';

/** A string that `parse` has to take; its error message becomes the complaint. `pattern` is for the JSON Schema. */
function parsed(pattern: string, parse: (text: string) => unknown) {
  return z
    .string()
    .superRefine((text, context) => {
      try {
        parse(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
      }
    })
    .meta({ pattern });
}

function matching(pattern: string, expected: string) {
  const regex = new RegExp(pattern);
  return parsed(pattern, (text) => {
    if (!regex.test(text)) throw new RangeError(`${JSON.stringify(text)} does not do: expected ${expected}`);
  });
}

const name = matching(
  NAME_PATTERN,
  'lower-case letters and digits, joined by "-" or "_", because it names a bake target and a repository',
);

const platform = parsed(PLATFORM_PATTERN, parsePlatform);

const platforms = z.array(platform).min(1).meta({ uniqueItems: true });

const osRelease = z.strictObject({
  ID: matching('^[a-z0-9._-]+$', 'one lower-case word')
    .optional()
    .meta({
      description: 'The distro in one lower-case word. Default: the last part of the base.',
      examples: ['debian', 'azurelinux'],
    }),
  VERSION_ID: matching('^[a-z0-9._-]+$', 'a version, such as "12"')
    .optional()
    .meta({
      description: 'The version, in quotes. Default: the tag of the base.',
      examples: ['12', '24.04', '3.0'],
    }),
  PRETTY_NAME: matching('^[^"\\\\$`\\r\\n]+$', 'one line without quotes, "$" and "\\"')
    .optional()
    .meta({
      description: 'The name for people. Default: ID and VERSION_ID.',
      examples: ['Debian GNU/Linux 12 (bookworm)'],
    }),
});

const distro = z.strictObject({
  name: name.meta({
    description:
      'What the distro is called here: in `make verify DISTRO=…`, as `docker buildx bake marker-…`.',
    examples: ['debian-bookworm'],
  }),
  base: parsed(IMAGE_REF_PATTERN, parseImageRef).meta({
    description:
      'The image that the worker is built from, as the frontend under test names it. No two distros share one.',
    examples: ['docker.io/library/debian:bookworm', 'mcr.microsoft.com/azurelinux/base/core:3.0'],
  }),
  manager: z.enum(['apt', 'dnf', 'microdnf', 'tdnf']).meta({
    description: 'The package manager that the base has.',
    examples: ['apt', 'dnf', 'tdnf'],
  }),
  key: name.optional().meta({
    description: 'What dalec calls the distro; {key} in a subject. Default: the name.',
    examples: ['bookworm'],
  }),
  platforms: platforms.optional().meta({
    description: 'Verify this distro on these platforms, instead of on those at the top of the file.',
    examples: [['linux/amd64']],
  }),
  release: matching(VERSION_PATTERN, 'a version, such as "9"')
    .optional()
    .meta({
      description:
        'What dnf takes as --releasever, in quotes; {release} in a subject. With microdnf and tdnf too, for they get dnf first.',
      examples: ['9', '3.0'],
    }),
  package: matching(PACKAGE_PATTERN, 'the name of a package')
    .optional()
    .meta({
      description:
        'A small package that the built-in subject installs; {package} in a subject. Default: hello with apt, tree with the others.',
      examples: ['hello'],
    }),
  program: matching('^(?:/[A-Za-z0-9+._-]+)+$', 'an absolute path')
    .optional()
    .meta({
      description:
        'An ELF program that comes with the package, looked at for its architecture. Default: the file in /usr/bin that is called like the package.',
      examples: ['/usr/bin/hello'],
    }),
  'os-release': osRelease.optional().meta({
    description: 'Fields of /etc/os-release, for the stand-in that is used where the base cannot be had.',
    examples: [{ ID: 'debian', VERSION_ID: '12', PRETTY_NAME: 'Debian GNU/Linux 12 (bookworm)' }],
  }),
  bootstrap: z
    .strictObject({
      suite: matching('^[a-z]+$', 'the name of a Debian suite').meta({
        description: 'The Debian suite to take packages from.',
        examples: ['bookworm'],
      }),
    })
    .optional()
    .meta({
      description: "How to make the base from Debian's own packages, where it cannot be had from a registry.",
      examples: [{ suite: 'bookworm' }],
    }),
});

const subject = z
  .strictObject({
    name: name.meta({
      description: 'What the subject is called here: in `make verify SUBJECT=…`.',
      examples: ['dalec'],
    }),
    dockerfile: z
      .string()
      .min(1)
      .optional()
      .meta({
        description:
          'A Dockerfile that builds the worker. The path is relative to this file; the folder it is in is the build context.',
        examples: ['stages/worker.Dockerfile'],
      }),
    frontend: parsed(FRONTEND_PATTERN, (text) => parseImageRef(text.replaceAll(/\{[\w-]+\}/g, 'x')))
      .optional()
      .meta({
        description: 'The image of a BuildKit frontend that builds the worker, instead of a Dockerfile.',
        examples: ['ghcr.io/project-dalec/dalec/frontend:latest'],
      }),
    'build-file': z
      .string()
      .min(1)
      .optional()
      .meta({
        description: 'The text of the file that the frontend is given, such as a dalec spec.',
        examples: ['name: hello\nversion: "1"\ntargets:\n  {key}: {}\n'],
      }),
    target: z
      .string()
      .min(1)
      .optional()
      .meta({
        description: 'The target to build. Default: the last stage, or what the frontend builds by default.',
        examples: ['worker', '{key}/worker'],
      }),
    'worker-context': z
      .string()
      .min(1)
      .meta({
        description: 'The named context that the subject takes as its worker, where it is given.',
        examples: ['worker', 'dalec-{key}-worker'],
      }),
    args: z
      .record(z.string(), z.string())
      .optional()
      .meta({
        description: 'Build arguments.',
        examples: [{ BASE: '{base}' }],
      }),
  })
  .meta({
    description:
      "What turns a base into a worker: a Dockerfile, or a frontend's image and its build file. Fields of the distro are filled in for {name}, {key}, {base}, {manager}, {install}, {package}, {program} and {release}; {{name}} is a plain {name}.",
    oneOf: [{ required: ['dockerfile'] }, { required: ['frontend', 'build-file'] }],
  });

/** `distros.yaml` as people write it. What a single field cannot know of the others is in `crossChecks.ts`. */
export const matrixSchema = z.strictObject({
  platforms: platforms.meta({
    description: 'The platforms to verify each distro on: os/arch or os/arch/variant.',
    examples: [['linux/amd64', 'linux/arm64']],
  }),
  distros: z
    .array(distro)
    .min(1)
    .meta({
      description: 'What to verify, a row for each distro.',
      examples: [[{ name: 'debian-bookworm', base: 'docker.io/library/debian:bookworm', manager: 'apt' }]],
    }),
  subjects: z
    .array(subject)
    .min(1)
    .meta({
      description: 'What is under test. The first one is the default. Left out: the built-in subject.',
      examples: [[{ name: 'built-in', dockerfile: 'stages/worker.Dockerfile', 'worker-context': 'worker' }]],
    })
    .optional(),
});

export type MatrixRows = z.infer<typeof matrixSchema>;
export type DistroRow = MatrixRows['distros'][number];
export type SubjectRow = NonNullable<MatrixRows['subjects']>[number];
