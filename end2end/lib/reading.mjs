// Reading a value off the page the way a person does, to hold it against what the platform told. This
// knows nothing of how the console writes values; it only asks whether the text is a rounding of the number.

const UNITS = { ms: 1, s: 1_000, min: 60_000, '%': 0.01, '': 1 };

/** `"12.7 s"` becomes `{ value: 12700, step: 100 }`; `null` when it is not a number with a unit. */
export function read(text) {
  const match = /^([\d\s.]+?)\s*(ms|s|min|%|)$/u.exec(text.trim());
  if (!match) return null;
  const digits = match[1].replace(/\s/gu, '');
  const decimals = digits.split('.')[1]?.length ?? 0;
  const unit = UNITS[match[2]];
  return { value: Number(digits) * unit, step: unit * 10 ** -decimals };
}

/** Whether the text is that number, as exactly as the text says. Trailing zeros may have been left out. */
export function says(text, told) {
  const shown = read(text);
  if (shown === null) return false;
  // A whole share is never rounded up to: 0.99997 may read 99.99 %.
  const slack = told < 1 && told > 0.9999 ? 0.0001 : shown.step * 0.5;
  return Math.abs(shown.value - told) <= slack + 1e-9;
}
