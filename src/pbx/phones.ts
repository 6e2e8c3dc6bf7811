// The phones of extensions, as far as calls and messages need to know them: which extension a device belongs to and the other way round.
import type { ExtensionFacts } from '../service/pbx-port.ts';

export interface Phones {
  /** Whether the extensions are known: from the first snapshot of a connection to its end. */
  readonly isKnown: boolean;
  /** The extensions of whose phones this device is one, such as `PJSIP/1001`; none for trunks and unknown devices. */
  extensionsOf(device: string): readonly string[];
  /** The phones of an extension, as its hint names them; none when there is no such extension. */
  phonesOf(extension: string): readonly string[];
  /** The context of the extension's hint. */
  contextOf(extension: string): string | undefined;
  /** What the PBX says of the extension at this moment; also after the connection has ended. */
  facts(extension: string): ExtensionFacts | undefined;
  /** Whether AstDB refuses calls for the extension at this moment; false where that cannot be read. Never rejects. */
  isBlocked(extension: string): Promise<boolean>;
}
