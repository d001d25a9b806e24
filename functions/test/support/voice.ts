/** The allowed beginnings of a message about a field, which continues the field's name. */
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

/** Wordings that no message may have: zod's own, and other styles than the API's. */
const OTHERS = [
  /ha(s|ve) to be/,
  /Invalid (input|option|string|number|key|discriminator)/,
  /[Ee]xpected/,
  /Too (small|big)/,
  /Unrecognized/,
];
const OTHER_VOICE = new RegExp(`\\b(${OTHERS.map(({ source }) => source).join('|')})\\b`);

/** Returns a message of the answer that doesn't follow the API's style; null when all do. */
export function otherVoiceIn(text: string): string | null {
  const error = errorIn(text);
  if (!error) return null;
  const fields = error.details?.fields;
  // The text before a field's message comes from the caller.
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
