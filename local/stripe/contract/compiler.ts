import { createRequire } from 'node:module';
import { join } from 'node:path';
import type TypeScript from 'typescript-5';
import { projectRoot } from '../projectRoot.ts';

/** The API of the TypeScript 5 compiler; version 7 of `typescript` has no such API yet. */
export type Compiler = typeof TypeScript;

/** Loads the compiler. Loading takes more than half a second, so only a derivation of the contract loads it. */
export function loadCompiler(): Compiler {
  return createRequire(join(projectRoot, 'package.json'))('typescript-5') as Compiler;
}
