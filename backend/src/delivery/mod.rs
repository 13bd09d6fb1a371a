//! stand-in
use crate::db::{Db, DbError, Tx};
use domain::{
    delivery::{Message, Recipient},
    time::Millis,
};
pub struct Order {
    pub message: Message,
    pub to: Recipient,
}
pub struct DeliveryId(String);
impl DeliveryId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
pub struct Exhausted {
    pub delivery: DeliveryId,
    pub alert: Option<String>,
    pub to: Recipient,
    pub why: String,
}
pub async fn enqueue_all(_tx: &mut Tx, _now: Millis, orders: &[Order]) -> Result<Vec<DeliveryId>, DbError> {
    Ok(orders.iter().map(|_| DeliveryId(uuid::Uuid::now_v7().to_string())).collect())
}
pub async fn stop(_tx: &mut Tx, _now: Millis, _alerts: &[&str]) -> Result<u64, DbError> {
    Ok(0)
}
pub async fn exhausted(_tx: &mut Tx, _now: Millis) -> Result<Vec<Exhausted>, DbError> {
    Ok(vec![])
}
pub async fn has_exhausted(_db: &Db) -> Result<bool, DbError> {
    Ok(false)
}
