// The certificate and key of the HTTPS port, read and checked before anything listens.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { OperatorError } from '../service/operator-error.ts';

export interface TlsFiles {
  /** Path of the certificate chain, PEM, the server's own first. */
  readonly cert: string;
  /** Path of its private key, PEM, without a passphrase. */
  readonly key: string;
}

export interface TlsMaterial {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** When the certificate ends, in milliseconds since 1970. */
  readonly expires: number;
}

/** Throws OperatorError; it names the setting, the file and what is wrong with it. */
export function readTls(files: TlsFiles): TlsMaterial {
  const cert = readFile('listen.tls.cert', files.cert);
  const key = readFile('listen.tls.key', files.key);
  const certificate = parse(
    'listen.tls.cert',
    files.cert,
    'it holds no certificate in PEM form',
    () => new X509Certificate(cert),
  );
  const privateKey = parse<KeyObject>(
    'listen.tls.key',
    files.key,
    'it holds no private key in PEM form, or one with a passphrase',
    () => createPrivateKey(key),
  );
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new OperatorError(`listen.tls.key: ${files.key}: this is not the key of the certificate in ${files.cert}`);
  }
  return { cert, key, expires: Date.parse(certificate.validTo) };
}

const WHY_UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'the daemon may not read it',
  EISDIR: 'it is a folder',
};

function readFile(setting: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new OperatorError(`${setting}: ${path}: ${WHY_UNREADABLE[code] ?? code}`, { cause: error });
  }
}

function parse<T>(setting: string, path: string, complaint: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new OperatorError(`${setting}: ${path}: ${complaint}`, { cause: error });
  }
}
