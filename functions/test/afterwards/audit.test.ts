import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectOfFile } from '../support/projects.ts';

/** The test `faults` leaves many wallets and audits them itself. */
const besides = ['wallets/histories', 'wallets/processes'].map(projectOfFile);

it.concurrent.each(['demo-cloud-bridge', ...besides])(
  'every wallet that the tests have left in %s agrees with its ledger',
  async (project) => {
    const options = { cwd: join(__dirname, '../../..'), encoding: 'utf8' } as const;
    const env = { ...process.env, NODE_OPTIONS: '', GOOGLE_CLOUD_PROJECT: project };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['scripts/audit.ts'], { ...options, env });
    expect({ stdout, stderr }).toEqual({
      stdout: expect.stringMatching(/^[1-9]\d* wallets checked now: 0 differ, 0 skipped$/m),
      stderr: '',
    });
  },
);
