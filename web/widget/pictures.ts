// Looks at a chosen file before any of it is sent. Evidence stays as it is, unless nobody could read it so.

export const ACCEPTED = ["image/jpeg", "image/png", "image/webp"];
/** The limits of the gateway. */
export const MOST_BYTES = 10_000_000;
const MOST_PIXELS = 25_000_000;
/** More than this no phone draws. */
const DRAWN_PIXELS = 12_000_000;
const HEAD_BYTES = 16;

export type PictureProblem = "picture_empty" | "picture_too_large" | "unsupported_picture" | "picture_heic" | "picture_unreadable";

/** A file that cannot be sent; the code is one of those in the texts. */
export class PictureError extends Error {
  override name = "PictureError";

  constructor(readonly code: PictureProblem) {
    super(code);
  }
}

/** What a file is by its first 16 bytes, whatever its name says: a type, "heic", "other" for what a browser may draw, or null. */
export function formatOf(head: Uint8Array): string | null {
  const text = String.fromCharCode(...head);
  if (text.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (/^RIFF[^]{4}WEBP/.test(text)) return "image/webp";
  if (/^[^]{4}ftyp(he[iv][cxms]|mif1|msf1)/.test(text)) return "heic";
  return /^(GIF8|BM|[^]{4}ftypavi[fs])/.test(text) ? "other" : null;
}

/** How much smaller each side becomes: by area, for a long screenshot's words must stay readable. */
export function scaleFor(width: number, height: number): number {
  return Math.min(1, Math.sqrt(DRAWN_PIXELS / (width * height)));
}

/** What can be said without opening the picture. Raises PictureError. */
export async function checkFile(file: Blob): Promise<string> {
  if (file.size === 0) throw new PictureError("picture_empty");
  const head = await file.slice(0, HEAD_BYTES).arrayBuffer().catch(() => null); // A folder has no bytes to read.
  const format = head && formatOf(new Uint8Array(head));
  if (format === null) throw new PictureError("unsupported_picture");
  if (file.size > MOST_BYTES) throw new PictureError("picture_too_large");
  return format;
}

/** The picture to upload: a JPEG, PNG or WebP of at most 10 MB. Raises PictureError. */
export async function preparePicture(file: Blob): Promise<Blob> {
  const format = await checkFile(file);
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode().catch(() => undefined); // It may be too large to be drawn here, and good all the same.
    const { naturalWidth: width, naturalHeight: height } = image;
    if (width === 0) throw new PictureError(format === "heic" ? "picture_heic" : "picture_unreadable");
    if (!ACCEPTED.includes(format) || width * height > MOST_PIXELS) return await redrawn(image);
    return file.type === format ? file : file.slice(0, file.size, format);
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function redrawn(image: HTMLImageElement): Promise<Blob> {
  const { naturalWidth: width, naturalHeight: height } = image;
  const scale = scaleFor(width, height);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.floor(width * scale));
  canvas.height = Math.max(1, Math.floor(height * scale));
  const context = canvas.getContext("2d");
  if (context) {
    context.fillStyle = "#fff"; // JPEG has no transparency.
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
  }
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.86));
  if (context === null || blob === null) throw new PictureError("picture_unreadable");
  return blob;
}
