// Entry of the storefront's islands. The pages work without it: an island only makes quicker what a form already does.
import "@sesame/shared/tokens.css";
