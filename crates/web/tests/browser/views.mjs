// How pages are looked at: widths of a desktop and a phone, the two themes, so many at once.
export const WIDE = { width: 1180, height: 900 };
export const PHONE = { width: 390, height: 844 };
export const SIZES = [WIDE, PHONE];
export const THEMES = ["light", "dark"];
export const AT_ONCE = 4;
