import { projectOfFile } from './projects.ts';

// Sweeps and audits process everything in a project. Tests that run beside others have their own project, in which
// nothing else happens. Each test file has another project, because the emulator reads all of a project's documents for
// each query.
process.env.GCLOUD_PROJECT = projectOfFile(expect.getState().testPath ?? '');
