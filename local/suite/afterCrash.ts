import { dirname } from 'node:path';
import { endLeftovers } from './leftovers.ts';

// The launcher runs this when a task was killed and could not stop its suite itself.
await endLeftovers(dirname(dirname(import.meta.dirname)));
