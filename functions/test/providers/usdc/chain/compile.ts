import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { once } from '@cloud-bridge/base';
import type { Abi, Hex } from 'viem';

const ROOT = join(__dirname, '../../../../..');

export interface Contract {
  readonly abi: Abi;
  /** What deploys it, and what is there afterwards. */
  readonly creationCode: Hex;
  readonly code: Hex;
}

interface Output {
  readonly errors?: readonly { severity: string; formattedMessage: string }[];
  readonly contracts: Record<string, Record<string, { abi: Abi; evm: Record<string, { object: string }> }>>;
}

export type ContractName = 'Dollar' | 'Pretender' | 'Purse';

/** Compiles the contracts of the tests with the compiler from npm, which is WebAssembly and fetches nothing. */
export const compileTokens = once((): Record<ContractName, Contract> => {
  const solc = require('solc') as { compile(input: string, callbacks: object): string };
  const input = {
    language: 'Solidity',
    sources: { 'Tokens.sol': { content: readFileSync(join(__dirname, 'Tokens.sol'), 'utf8') } },
    settings: {
      evmVersion: 'paris',
      outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] } },
    },
  };
  const find = (path: string) => ({ contents: readFileSync(join(ROOT, 'node_modules', path), 'utf8') });
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: find })) as Output;
  const failed = output.errors?.find(({ severity }) => severity === 'error');
  if (failed) throw new Error(failed.formattedMessage);
  const contract = (name: string): Contract => {
    const compiled = output.contracts['Tokens.sol']?.[name];
    if (!compiled) throw new Error(`there is no contract ${name}`);
    const { bytecode, deployedBytecode } = compiled.evm;
    return { abi: compiled.abi, creationCode: `0x${bytecode?.object}`, code: `0x${deployedBytecode?.object}` };
  };
  return { Dollar: contract('Dollar'), Pretender: contract('Pretender'), Purse: contract('Purse') };
});
