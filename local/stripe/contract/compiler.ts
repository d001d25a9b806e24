import { createRequire } from 'node:module';
import { join } from 'node:path';
import type TypeScript from 'typescript-5';
import { projectRoot } from '../projectRoot.ts';

/** The TypeScript compiler API (version 7 of `typescript` has none yet). */
export type Compiler = typeof TypeScript;

/** Loads the compiler; it takes a good half second, so only a derivation does it. */
export function loadCompiler(): Compiler {
  return createRequire(join(projectRoot, 'package.json'))('typescript-5') as Compiler;
}
