const shared = {
  testEnvironment: '<rootDir>/functions/test/support/plainContext.ts',
  setupFilesAfterEnv: ['<rootDir>/functions/test/support/quiet.ts'],
  // A built package has the name of its sources.
  modulePathIgnorePatterns: ['<rootDir>/packages/[^/]+/dist/'],
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
  setupFilesAfterEnv: [...shared.setupFilesAfterEnv, '<rootDir>/functions/test/support/lifecycle.ts'],
};

/** Tests that start what they need in their own process, so they can run beside those that share the suite's. */
const besideTheSuite = (displayName, folders) => ({
  ...withEmulators,
  displayName,
  setupFilesAfterEnv: ['<rootDir>/functions/test/support/projectOfItsOwn.ts', ...withEmulators.setupFilesAfterEnv],
  testMatch: folders.map((folder) => `<rootDir>/functions/test/${folder}/**/*.test.ts`),
});
const needOnlyFirestore = [
  'ledger/wallets',
  'platform/maintenance',
  'providers/usdc',
  'sales/incoming',
  'sales/reconciliation',
];

/** Unit tests need nothing that runs; `npm test` runs the others beside the suite, and `afterwards` last. */
export default {
  testSequencer: '<rootDir>/functions/test/support/testOrder.mjs',
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/packages/*/src/**/*.test.ts',
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
      testPathIgnorePatterns: ['afterwards', 'chaos', ...needOnlyFirestore].map(
        (folder) => `/functions/test/${folder}/`,
      ),
    },
    besideTheSuite('chaos', ['chaos']),
    besideTheSuite('firestore', needOnlyFirestore),
    { ...withEmulators, displayName: 'afterwards', testMatch: ['<rootDir>/functions/test/afterwards/*.test.ts'] },
  ],
};
