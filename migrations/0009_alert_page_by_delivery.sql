-- Which alerts a list names: a list is stopped when none of them is firing any more.
CREATE INDEX alert_page_by_delivery ON alert_page (delivery);
