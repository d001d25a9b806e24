/** How every message about a field begins: it goes on where the field's name ends. */
const BEGINNINGS = [
  /must /,
  /is required\b/,
  /is not (known|allowed)\b/,
  /is too large\b/,
  /(does not go|only goes) with /,
  /exactly one of /,
  /(its name|each item) must /,
];
const ABOUT_A_FIELD = new RegExp(`^(${BEGINNINGS.map(({ source }) => source).join('|')})`);

/** How nothing is said here: zod's own words, and a second voice of ours. */
const OTHERS = [
  /ha(s|ve) to be/,
  /Invalid (input|option|string|number|key|discriminator)/,
  /[Ee]xpected/,
  /Too (small|big)/,
  /Unrecognized/,
];
const OTHER_VOICE = new RegExp(`\\b(${OTHERS.map(({ source }) => source).join('|')})\\b`);

/** What an answer says in another voice than the API's; null for nothing. */
export function otherVoiceIn(text: string): string | null {
  const error = errorIn(text);
  if (!error) return null;
  const fields = error.details?.fields;
  // What stands before a field's message is the caller's own word.
  const messages = fields ? fields.map(({ message }) => message) : [error.message];
  return messages.find((said) => OTHER_VOICE.test(said) || (fields && !ABOUT_A_FIELD.test(said))) ?? null;
}

interface SaidError {
  readonly message: string;
  readonly details?: { readonly fields?: readonly { readonly message: string }[] };
}

function errorIn(text: string): SaidError | null {
  try {
    const { success, error } = JSON.parse(text);
    return success === false ? error : null;
  } catch {
    return null;
  }
}
