import ts from 'typescript-5';

/** Sources of a project as TypeScript 5 sees them: TypeScript 7 offers no program that a script could ask. */
export function loadProgram(root: string, include: readonly string[]): ts.Program {
  const { config } = ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile);
  const { options, fileNames } = ts.parseJsonConfigFileContent({ ...config, include }, ts.sys, root);
  return ts.createProgram(fileNames, options);
}
