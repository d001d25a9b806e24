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
      testMatch: ['<rootDir>/functions/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/functions/test/afterwards/'],
    },
    { ...withEmulators, displayName: 'afterwards', testMatch: ['<rootDir>/functions/test/afterwards/*.test.ts'] },
  ],
};
