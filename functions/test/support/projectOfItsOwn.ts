import { projectOfFile } from './projects.ts';

// Sweepers and audits go through everything in a project. Tests that run beside others have one for themselves, where
// only what they do themselves happens; each file another one, for the emulator looks at all of a project's documents
// with each query.
process.env.GCLOUD_PROJECT = projectOfFile(expect.getState().testPath ?? '');
