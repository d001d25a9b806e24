import { deleteApp, getApps } from 'firebase-admin/app';

// The emulators start a process for each concurrent request, which takes its time on a small machine. This only bounds
// how long a test that hangs is waited for.
jest.setTimeout(120_000);

// Firestore's SDK takes a stack with each call; jest's hundred frames, each mapped to its source, take longer than it.
Error.stackTraceLimit = 8;

afterAll(() => Promise.all(getApps().map((app) => deleteApp(app))));
