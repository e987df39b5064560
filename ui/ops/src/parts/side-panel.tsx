// A panel at the right that shows one thing of a list. Escape closes what lies on top, such as a photo or a question,
// and the panel itself only when nothing does.
import { Drawer, type DrawerProps } from "@mantine/core";
import { useWindowEvent } from "@mantine/hooks";
import { useTexts } from "../i18n";

const OWN = "side-panel";

export function SidePanel(props: Omit<DrawerProps, "position" | "closeOnEscape" | "closeButtonProps" | "classNames">) {
  const { t } = useTexts();
  const { opened, onClose } = props;
  useWindowEvent("keydown", (event) => {
    if (!opened || event.key !== "Escape" || event.isComposing) return;
    // The key belongs to the dialog that has the focus.
    const dialog = event.target instanceof Element ? event.target.closest('[role="dialog"]') : null;
    if (!dialog || dialog.classList.contains(OWN)) onClose();
  });
  return <Drawer {...props} position="right" closeOnEscape={false} classNames={{ content: OWN }} closeButtonProps={{ "aria-label": t("common.close"), size: "lg" }} />;
}
