import { dirname } from 'node:path';
import { endLeftovers } from './leftovers.ts';

// The launcher runs this program when a task was killed before it could stop its suite.
await endLeftovers(dirname(dirname(import.meta.dirname)));
