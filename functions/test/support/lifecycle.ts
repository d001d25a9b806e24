import { deleteApp, getApps } from 'firebase-admin/app';

// The emulators start a process for each concurrent request, which is slow on a small machine. So the time limit is
// long; it only has to end a test that hangs.
jest.setTimeout(120_000);

// Firestore's SDK records a stack trace with each call. Mapping jest's hundred frames takes longer than the call.
Error.stackTraceLimit = 8;

afterAll(() => Promise.all(getApps().map((app) => deleteApp(app))));
