export function fingerprint(folder: string): string;
export function isInstalled(folder: string): boolean;
export function writeStamp(folder: string): void;
