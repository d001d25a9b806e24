const shared = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.(ts|mjs)$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
};

/** Unit tests need nothing running; emulator tests are started by `npm test` beside a running suite. */
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
      ...shared,
      displayName: 'emulators',
      testMatch: ['<rootDir>/functions/test/**/*.test.ts'],
      setupFiles: ['<rootDir>/functions/test/support/environment.ts'],
      setupFilesAfterEnv: ['<rootDir>/functions/test/support/lifecycle.ts'],
    },
  ],
};
