// Photos of a form: shown before they are sent, made small on the phone, and refused there and then when they are too
// many or no photos. Without a script the browser sends the files as they are, and the server says the same.

/** Pixels along the longer side of a photo as it is sent: as the shop keeps it. */
const SIDE = 1600;
const QUALITY = 0.85;
/** Smaller files are sent as they are. */
const SMALL_ENOUGH = 600_000;
const TYPES = new Set(["image/jpeg", "image/png", "image/webp"]);

export interface Limits {
  bytes: number;
  count: number;
}

export type Wrong = "too-long" | "too-many" | "no-picture";

/** Which of the chosen files can be sent beside those that are kept already, and what is wrong with the rest. */
export function choose(files: File[], kept: number, limits: Limits): { good: File[]; wrong: [File, Wrong][] } {
  const good: File[] = [];
  const wrong: [File, Wrong][] = [];
  for (const file of files) {
    if (!TYPES.has(file.type)) wrong.push([file, "no-picture"]);
    else if (file.size > limits.bytes) wrong.push([file, "too-long"]);
    else if (kept + good.length >= limits.count) wrong.push([file, "too-many"]);
    else good.push(file);
  }
  return { good, wrong };
}

/** The photo with its longer side at most so long; as it is if that cannot be done or makes it no smaller. */
async function smaller(file: File): Promise<File> {
  if (file.size <= SMALL_ENOUGH) return file;
  try {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    if (blob === null || blob.size >= file.size) return file;
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    // The server reads it, or says why not.
    return file;
  }
}

export function photos(field: HTMLElement): void {
  const input = field.querySelector<HTMLInputElement>('input[type="file"]');
  const list = field.querySelector<HTMLElement>("[data-previews]");
  const problem = field.querySelector<HTMLElement>("[data-problem]");
  if (!input || !list || !problem) return;
  const limits = { bytes: Number(field.dataset.bytes), count: Number(field.dataset.count) };
  const texts: Record<Wrong, string> = {
    "too-long": field.dataset.tooLong ?? "",
    "too-many": field.dataset.tooMany ?? "",
    "no-picture": field.dataset.noPicture ?? "",
  };

  const show = (files: File[], wrong: [File, Wrong][]): void => {
    for (const old of list.querySelectorAll("img")) URL.revokeObjectURL(old.src);
    list.replaceChildren(
      ...files.map((file) => {
        const item = document.createElement("li");
        const image = document.createElement("img");
        image.src = URL.createObjectURL(file);
        image.alt = file.name;
        image.width = 96;
        image.height = 96;
        item.append(image);
        return item;
      }),
    );
    list.hidden = files.length === 0;
    problem.textContent = wrong.map(([file, why]) => `${file.name}: ${texts[why]}`).join(" ");
    problem.hidden = wrong.length === 0;
  };

  const put = (files: File[]): void => {
    const data = new DataTransfer();
    for (const file of files) data.items.add(file);
    input.files = data.files;
  };

  input.addEventListener("change", () => {
    const kept = field.querySelectorAll('input[name="photo"]').length;
    const dropped = field.querySelectorAll('input[name="drop_photo"]:checked').length;
    const { good, wrong } = choose([...(input.files ?? [])], kept - dropped, limits);
    put(good);
    show(good, wrong);
    const chosen = input.files;
    void Promise.all(good.map(smaller)).then((small) => {
      // Something else was chosen meanwhile.
      if (input.files !== chosen) return;
      put(small);
    });
  });
}
