import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fingerprint, isInstalled, writeStamp } from './stamp.mjs';

describe('the install stamp', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stamp-'));
    writeFileSync(join(folder, 'package.json'), '{}');
    writeFileSync(join(folder, 'package-lock.json'), '{}');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is missing before the first install and after an interrupted install', () => {
    expect(isInstalled(folder)).toBe(false);
    mkdirSync(join(folder, 'node_modules'));
    expect(isInstalled(folder)).toBe(false);
  });

  it('is valid until package.json or package-lock.json changes', () => {
    mkdirSync(join(folder, 'node_modules'));
    for (const file of ['package.json', 'package-lock.json']) {
      writeStamp(folder);
      expect(isInstalled(folder)).toBe(true);
      const before = fingerprint(folder);
      writeFileSync(join(folder, file), '{ "name": "changed" }');
      expect(fingerprint(folder)).not.toBe(before);
      expect(isInstalled(folder)).toBe(false);
    }
  });
});
