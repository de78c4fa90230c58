// Makes a chosen picture fit to be uploaded. Evidence stays as it is unless it is too heavy or of another format.

export const ACCEPTED = ["image/jpeg", "image/png", "image/webp"];
const KEEP_BYTES = 4_000_000;
const MOST_BYTES = 10_000_000;
const MOST_PIXELS = 12_000_000;

/** A picture that cannot be sent; the code is one of those in the texts. */
export class PictureError extends Error {
  override name = "PictureError";

  constructor(readonly code: "too_large" | "picture_unreadable") {
    super(code);
  }
}

/** How much smaller each side becomes: by area, for a long screenshot's words must stay readable. */
export function scaleFor(width: number, height: number): number {
  return Math.min(1, Math.sqrt(MOST_PIXELS / (width * height)));
}

/** The picture to upload: a JPEG, PNG or WebP of at most 10 MB. Raises PictureError. */
export async function preparePicture(file: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (bitmap === null || bitmap.width === 0) throw new PictureError("picture_unreadable");
  try {
    const fits = bitmap.width * bitmap.height <= MOST_PIXELS && file.size <= KEEP_BYTES;
    if (ACCEPTED.includes(file.type) && fits) return file;
    const smaller = await redrawn(bitmap);
    if (smaller.size > MOST_BYTES) throw new PictureError("too_large");
    return smaller;
  } finally {
    bitmap.close();
  }
}

async function redrawn(bitmap: ImageBitmap): Promise<Blob> {
  const scale = scaleFor(bitmap.width, bitmap.height);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.floor(bitmap.width * scale));
  canvas.height = Math.max(1, Math.floor(bitmap.height * scale));
  const context = canvas.getContext("2d");
  if (context === null) throw new PictureError("picture_unreadable");
  context.fillStyle = "#fff"; // JPEG has no transparency.
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.86));
  if (blob === null) throw new PictureError("too_large");
  return blob;
}
