import ts from 'typescript-5';

/** Loads the sources of a project with TypeScript 5, because TypeScript 7 has no API for scripts yet. */
export function loadProgram(root: string, include: readonly string[]): ts.Program {
  const { config } = ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile);
  const { options, fileNames } = ts.parseJsonConfigFileContent({ ...config, include }, ts.sys, root);
  return ts.createProgram(fileNames, options);
}
