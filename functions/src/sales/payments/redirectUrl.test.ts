import { checkRedirectUrl } from './redirectUrl.ts';

const ALLOWED = ['https://app.example.com', 'http://localhost:5000'];
const check = (url: string) => checkRedirectUrl('successUrl', url, ALLOWED);

it.each([
  'https://app.example.com',
  'https://app.example.com/done?id={CHECKOUT_SESSION_ID}#top',
  'http://localhost:5000/x',
])('accepts %s unchanged', (url) => expect(check(url)).toBe(url));

it.each([
  '//evil.example',
  '/relative',
  'https://evil.example',
  'https://app.example.com.evil.example',
  'https://app.example.com@evil.example',
  'https://user:password@app.example.com',
  'https://app.example.com:8443',
  'http://app.example.com',
  'https:\\\\evil.example',
  'https://app.example.com\\@evil.example',
  'https://app.example.com\t.evil.example',
  'java\nscript:alert(1)',
  'javascript:alert(1)',
  'data:text/html,x',
  'file:///etc/passwd',
  '',
  `https://app.example.com/${'x'.repeat(2_000)}`,
])('refuses %j and names the field', (url) => {
  expect(() => check(url)).toThrow(
    expect.objectContaining({
      code: 'REDIRECT_NOT_ALLOWED',
      details: { fields: [expect.objectContaining({ field: 'successUrl' })] },
    }),
  );
});
