import { environmentFiles } from './functionsEnvironment.ts';

const none = { values: {}, inFiles: new Set<string>(), env: {} };
const withoutHeader = (text: string) => text.split('\n').slice(1).join('\n');

describe('environmentFiles', () => {
  it("gives every parameter a value: the suite's value, else the default", () => {
    const params = [
      { name: 'ORIGINS', type: 'string', default: 'other' },
      { name: 'LIMIT', type: 'int', default: 5 },
      { name: 'QUOTED', type: 'string', default: 'a "b" \\ c' },
    ];
    const { env } = environmentFiles(params, { ...none, values: { ORIGINS: 'own', UNKNOWN: 'x' } });
    expect(withoutHeader(env)).toBe('ORIGINS="own"\nLIMIT="5"\nQUOTED="a \\"b\\" \\\\ c"\n');
  });

  it('leaves out the parameters that files set, unless the suite requires a value', () => {
    const params = ['A', 'B'].map((name) => ({ name, type: 'string', default: 'd' }));
    const { env } = environmentFiles(params, { ...none, values: { B: 'own' }, inFiles: new Set(['A', 'B']) });
    expect(withoutHeader(env)).toBe('B="own"\n');
  });

  it('gives every secret a value, from the environment if the suite has none', () => {
    const params = ['A', 'B', 'C'].map((name) => ({ name, type: 'secret' }));
    const { secrets } = environmentFiles(params, { ...none, values: { A: 'a' }, env: { A: 'theirs', B: 'b' } });
    expect(withoutHeader(secrets)).toBe('A="a"\nB="b"\nC="not_set_locally"\n');
  });

  it('accepts an empty value, but not a missing one', () => {
    const base = { name: 'BASE', type: 'string' };
    expect(environmentFiles([base], { ...none, values: { BASE: '' } }).env).toContain('BASE=""');
    expect(() => environmentFiles([base], none)).toThrow('BASE');
    expect(() => environmentFiles([{ ...base, default: '{{ params.X }}' }], none)).toThrow('BASE');
  });
});
