-- Distributes the tables of a shop over a Citus cluster. Run it once on the coordinator, after the first start of
-- `sesame serve` and before the shop is filled:
--
--     psql "$SESAME_DATABASE" --single-transaction --set ON_ERROR_STOP=1 --file citus.sql
--
-- See postgresql.md: this was written by Citus's documentation and not tried on a cluster.

CREATE EXTENSION IF NOT EXISTS citus;

-- A group has the id of its checkout: both, and what happened to the group, lie on one node.
SELECT create_distributed_table('order_groups', 'id');
SELECT create_distributed_table('checkouts', 'id', colocate_with => 'order_groups');
SELECT create_distributed_table('changed_checkouts', 'id', colocate_with => 'order_groups');
SELECT create_distributed_table('carts', 'id', colocate_with => 'order_groups');
SELECT create_distributed_table('group_events', 'group_id', colocate_with => 'order_groups');

SELECT create_distributed_table('inventory_levels', 'variant_id', colocate_with => 'none');

-- Limits of campaigns: most rows are one buyer's.
SELECT create_distributed_table('quotas', 'subject', colocate_with => 'none');

-- Blocks of entries, by the number of their first entry.
SELECT create_distributed_table('events', 'first', colocate_with => 'none');
SELECT create_distributed_table('stock_movements', 'first', colocate_with => 'events');
SELECT create_distributed_table('postings', 'first', colocate_with => 'events');
SELECT create_distributed_table('answers', 'first', colocate_with => 'events');

SELECT create_distributed_table('index_pages', 'id', colocate_with => 'none');

-- Records, SKUs, effects, counters, batches, what waits to be indexed and the list of runs are small or are written
-- by number in one place: they stay on the coordinator.
