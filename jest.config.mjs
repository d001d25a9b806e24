const shared = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.(ts|mjs)$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
};

const withEmulators = {
  ...shared,
  setupFiles: ['<rootDir>/functions/test/support/environment.ts'],
  setupFilesAfterEnv: ['<rootDir>/functions/test/support/lifecycle.ts'],
};

/** Their tests start what they need in their own process, so they can run beside those that share the suite's. */
const needOnlyFirestore = ['/functions/test/chaos/', '/functions/test/usdc/', '/functions/test/wallets/'];

/** Unit tests need nothing that runs; `npm test` runs the others beside the suite, and `afterwards` last. */
export default {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/functions/src/**/*.test.ts',
        '<rootDir>/local/**/*.test.ts',
        '<rootDir>/scripts/**/*.test.ts',
      ],
    },
    {
      ...withEmulators,
      displayName: 'emulators',
      globalSetup: '<rootDir>/functions/test/support/startSharedFunctions.ts',
      globalTeardown: '<rootDir>/functions/test/support/stopSharedFunctions.ts',
      testMatch: ['<rootDir>/functions/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/functions/test/afterwards/', ...needOnlyFirestore],
    },
    {
      ...withEmulators,
      displayName: 'firestore',
      setupFiles: ['<rootDir>/functions/test/support/projectOfItsOwn.ts', ...withEmulators.setupFiles],
      testMatch: needOnlyFirestore.map((folder) => `<rootDir>${folder}**/*.test.ts`),
    },
    { ...withEmulators, displayName: 'afterwards', testMatch: ['<rootDir>/functions/test/afterwards/*.test.ts'] },
  ],
};
