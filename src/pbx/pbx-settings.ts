// The settings of the PBX side that decide which hints are extensions and where DND and presence live.

export interface PbxSettings {
  readonly extensions: {
    /** Contexts whose hints are extensions, the first before the next; none: any context. */
    readonly contexts: readonly string[];
    /** Regular expression that the number of an extension matches. */
    readonly pattern: string;
  };
  /** The presentity of an extension, such as `CustomPresence:{extension}`. */
  readonly presence: string;
  readonly dnd: {
    /** AstDB family whose non-empty values refuse calls. */
    readonly family: string;
    /** The DND device of an extension, such as `Custom:DND{extension}`. */
    readonly device: string;
    /** Seconds between two readings of the family. */
    readonly poll: number;
  };
}

/** Puts the number of an extension into a template of the settings. */
export function forExtension(template: string, number: string): string {
  return template.replaceAll('{extension}', () => number);
}
