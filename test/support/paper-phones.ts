// The phones of extensions, as a test writes them down.
import type { Line } from '../../src/domain/presence.ts';
import type { Phones } from '../../src/pbx/phones.ts';
import type { ExtensionFacts } from '../../src/service/pbx-port.ts';
import { factsOf } from './paper-pbx.ts';

interface PaperPhone {
  readonly phones?: readonly string[];
  readonly line?: Line;
}

export class PaperPhones implements Phones {
  isKnown = true;
  readonly #extensions = new Map<string, PaperPhone>();

  put(extension: string, phone: PaperPhone): void {
    this.#extensions.set(extension, phone);
  }

  extensionsOf(device: string): readonly string[] {
    return [...this.#extensions].filter(([, { phones }]) => phones?.includes(device)).map(([extension]) => extension);
  }

  phonesOf(extension: string): readonly string[] {
    return this.#extensions.get(extension)?.phones ?? [];
  }

  contextOf(extension: string): string | undefined {
    return this.#extensions.has(extension) ? 'hints' : undefined;
  }

  async isBlocked(): Promise<boolean> {
    return false;
  }

  facts(extension: string): ExtensionFacts | undefined {
    const phone = this.#extensions.get(extension);
    return phone && factsOf(extension, { line: phone.line ?? 'idle' });
  }
}
