// One upload by XMLHttpRequest, for only that says how far it is.

export interface Answer {
  status: number;
  text: string;
  retryAfter: string | null;
}

/** Raises an Error when there is no answer, or when `signal` gave up. `progress` hears the part that is out, 0 to 1. */
export type Upload = (
  url: string,
  token: string,
  body: FormData,
  progress: (part: number) => void,
  signal: AbortSignal,
) => Promise<Answer>;

/** A slow upload may take its time; one that does not move this long is given up. */
const STALLED_MS = 45_000;

export const uploadByXhr: Upload = (url, token, body, progress, signal) =>
  new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const moved = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => xhr.abort(), STALLED_MS);
    };
    const abort = (): void => xhr.abort();
    xhr.upload.onprogress = (event) => {
      moved();
      if (event.lengthComputable && event.total > 0) progress(event.loaded / event.total);
    };
    xhr.onload = () => resolve({ status: xhr.status, text: xhr.responseText, retryAfter: xhr.getResponseHeader("Retry-After") });
    xhr.onerror = xhr.onabort = () => reject(new Error("upload ended"));
    xhr.onloadend = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    };
    xhr.open("POST", url);
    xhr.setRequestHeader("Accept", "application/json");
    xhr.setRequestHeader("Authorization", `Bearer ${token}`);
    if (signal.aborted) return reject(new Error("given up"));
    signal.addEventListener("abort", abort);
    moved();
    xhr.send(body);
  });
